/*
 * Signature generations: a new one beside the old one, refusals, deaths.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/proto.h"
#include "mamorid/generation.h"
#include "mamorid/log.h"

static struct mm_procs *procs;
static struct mm_generations gens;

static struct mm_pair ready_list[] = { { "workers", "4" },
				       { "signatures", "17" },
				       { "signatures_time", "99" },
				       { "sandbox", "chroot,seccomp" } };
static const struct mm_pairs ready = { ready_list, 4 };
static const struct mm_pairs none;

static void quiet(enum mm_log_level level, const char *line, size_t len)
{
	(void)level;
	(void)line;
	(void)len;
}

static void begin(bool serial)
{
	mm_log_init_sink("test", MM_LOG_ERROR, quiet);
	procs = calloc(1, sizeof(*procs));
	assert_non_null(procs);
	mm_generations_init(&gens, procs, serial);
	assert_int_equal(mm_generations_reload(&gens), 1);
	gens.next.proc->pid = 100;
}

static void serve_first(void)
{
	mm_generations_ready(&gens, gens.next.proc, &ready);
	assert_int_equal(gens.current.number, 1);
	assert_int_equal(gens.next.number, 0);
}

/* As the master does when a process has ended. */
static void end(struct mm_proc *proc)
{
	proc->pid = 0;
	mm_generations_ended(&gens, proc);
}

static void test_new_one_takes_over(void **state)
{
	struct mm_proc *old;

	(void)state;
	begin(false);
	serve_first();
	assert_int_equal(gens.current.signatures, 17);
	old = gens.current.proc;
	assert_int_equal(mm_generations_reload(&gens), 2);
	assert_ptr_not_equal(gens.next.proc, old);
	assert_int_equal(gens.current.number, 1);
	mm_generations_ready(&gens, gens.next.proc, &ready);
	assert_int_equal(gens.current.number, 2);
	assert_false(old->wanted);
	assert_true(gens.current.proc->wanted);
	end(old);
	assert_int_equal(gens.current.number, 2);
	assert_int_equal(gens.next.number, 0);
	free(procs);
}

static void test_refused_one_changes_nothing(void **state)
{
	struct mm_proc *bad;

	(void)state;
	begin(false);
	serve_first();
	(void)mm_generations_reload(&gens);
	bad = gens.next.proc;
	bad->pid = 101;
	mm_generations_refused(&gens, bad, &none);
	end(bad);
	assert_int_equal(gens.current.number, 1);
	assert_int_equal(gens.next.number, 0);
	assert_false(bad->wanted);
	assert_int_equal(gens.refused, 1);
	/* And the next reload is a new try. */
	assert_int_equal(mm_generations_reload(&gens), 3);
	free(procs);
}

static void test_first_one_is_tried_again(void **state)
{
	(void)state;
	begin(false);
	mm_generations_refused(&gens, gens.next.proc, &none);
	end(gens.next.proc);
	assert_int_equal(gens.next.number, 1);
	assert_true(gens.next.proc->wanted);
	serve_first();
	free(procs);
}

static void test_serving_one_dies(void **state)
{
	struct mm_proc *proc;

	(void)state;
	begin(false);
	serve_first();
	proc = gens.current.proc;
	end(proc);
	assert_int_equal(gens.current.number, 0);
	assert_ptr_equal(gens.next.proc, proc);
	assert_true(proc->wanted);
	mm_generations_ready(&gens, proc, &ready);
	assert_int_equal(gens.current.number, 1);
	free(procs);
}

static void test_serving_one_dies_while_another_loads(void **state)
{
	struct mm_proc *old, *loading;

	(void)state;
	begin(false);
	serve_first();
	old = gens.current.proc;
	(void)mm_generations_reload(&gens);
	loading = gens.next.proc;
	end(old);
	assert_false(old->wanted);
	assert_true(loading->wanted);
	mm_generations_ready(&gens, loading, &ready);
	assert_int_equal(gens.current.number, 2);
	free(procs);
}

static void test_reload_while_loading_comes_after(void **state)
{
	(void)state;
	begin(false);
	serve_first();
	(void)mm_generations_reload(&gens);
	assert_int_equal(mm_generations_reload(&gens), 3);
	mm_generations_ready(&gens, gens.next.proc, &ready);
	assert_int_equal(gens.current.number, 2);
	assert_int_equal(gens.next.number, 3);
	free(procs);
}

static void test_serial_drops_first(void **state)
{
	struct mm_proc *old;

	(void)state;
	begin(true);
	serve_first();
	old = gens.current.proc;
	(void)mm_generations_reload(&gens);
	assert_int_equal(gens.current.number, 0);
	assert_int_equal(gens.next.number, 0);
	end(old);
	assert_int_equal(gens.next.number, 2);
	assert_true(gens.next.proc->wanted);
	free(procs);
}

/* The next one is told what serves; one that nothing serves beside is not. */
static void test_knows_what_serves(void **state)
{
	struct mm_proc *old, *loading;

	(void)state;
	begin(false);
	assert_int_equal(gens.next.proc->serving, 0);
	serve_first();
	old = gens.current.proc;
	(void)mm_generations_reload(&gens);
	loading = gens.next.proc;
	assert_int_equal(loading->serving, 17);
	end(old);
	assert_int_equal(loading->serving, 0);
	mm_generations_ready(&gens, loading, &ready);
	(void)mm_generations_reload(&gens);
	loading = gens.next.proc;
	mm_generations_ready(&gens, loading, &ready);
	assert_int_equal(loading->serving, 17);
	end(loading);
	assert_int_equal(loading->serving, 0);
	free(procs);

	begin(true);
	serve_first();
	old = gens.current.proc;
	(void)mm_generations_reload(&gens);
	end(old);
	assert_int_equal(gens.next.proc->serving, 0);
	free(procs);
}

static void test_shrunk(void **state)
{
	static const struct {
		uint64_t serving, fresh, percent;
		bool want;
	} cases[] = {
		{ 0, 1, 50, false },	   { 1, 1, 50, false },
		{ 100, 50, 50, false },	   { 100, 49, 50, true },
		{ 100, 200, 50, false },   { 100, 1, 0, false },
		{ 100, 99, 100, true },	   { 100, 100, 100, false },
		{ 8000000, 1, 50, true },  { 8000000, 8000001, 100, false },
		{ UINT32_MAX, 0, 100, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(mm_generation_shrunk(cases[i].serving,
						      cases[i].fresh,
						      cases[i].percent),
				 cases[i].want);
}

/* A pool that says it is ready without having been asked is not believed. */
static void test_stranger_is_ignored(void **state)
{
	struct mm_proc stranger = { .role = MM_PROC_POOL, .generation = 9 };

	(void)state;
	begin(false);
	mm_generations_ready(&gens, &stranger, &ready);
	assert_int_equal(gens.current.number, 0);
	free(procs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_one_takes_over),
		cmocka_unit_test(test_refused_one_changes_nothing),
		cmocka_unit_test(test_first_one_is_tried_again),
		cmocka_unit_test(test_serving_one_dies),
		cmocka_unit_test(test_serving_one_dies_while_another_loads),
		cmocka_unit_test(test_reload_while_loading_comes_after),
		cmocka_unit_test(test_serial_drops_first),
		cmocka_unit_test(test_knows_what_serves),
		cmocka_unit_test(test_shrunk),
		cmocka_unit_test(test_stranger_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
