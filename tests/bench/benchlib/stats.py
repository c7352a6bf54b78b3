"""Means and quantiles with confidence intervals, by bootstrap."""
import random

DRAWS = 2000


def mean(values):
    return sum(values) / len(values)


def quantile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def interval(count, statistic, level=0.9, draws=DRAWS, seed=1):
    """The interval of statistic(indices) when the count observations are
    drawn again with replacement."""
    rng = random.Random(seed)
    found = sorted(statistic(rng.choices(range(count), k=count))
                   for _ in range(draws))
    edge = int(draws * (1 - level) / 2)
    return found[edge], found[-edge - 1]


def added_ratio(base, other, ours):
    """What ours adds to base, by what other adds: (ratio, low, high). The
    lists hold one value a round; a round is drawn as a whole."""
    def ratio(indices):
        spent = [sum(values[i] for i in indices)
                 for values in (base, other, ours)]
        more = spent[1] - spent[0]
        return (spent[2] - spent[0]) / more if more > 0 else float("inf")
    every = range(len(base))
    return (ratio(every), *interval(len(base), ratio))
