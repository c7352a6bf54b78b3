/*
 * mamorictl completion: what bash offers, out of the tables of commands,
 * options and settings.
 */
#include <stdio.h>
#include <string.h>

#include "core/settings.h"
#include "mamorictl/commands.h"

static bool is_first(size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(mm_commands[k].group, mm_commands[i].group) == 0)
			return false;
	return true;
}

static void print_verbs(const char *group)
{
	size_t i;
	int n = 0;

	printf("\t%s) verbs=\"", group);
	for (i = 0; i < mm_command_count; i++)
		if (strcmp(mm_commands[i].group, group) == 0 &&
		    mm_commands[i].name != NULL)
			printf("%s%s", n++ > 0 ? " " : "", mm_commands[i].name);
	puts("\" ;;");
}

int mm_cmd_completion(struct mm_ctl *ctl)
{
	size_t i;

	(void)ctl;
	puts("# bash completion for mamorictl, made by `mamorictl completion`");
	puts("_mamorictl()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} verbs= "
	     "keys");
	printf("\tlocal groups=\"");
	for (i = 0; i < mm_command_count; i++)
		if (is_first(i))
			printf("%s%s", i > 0 ? " " : "", mm_commands[i].group);
	printf("\"\n\tlocal options=\"");
	for (i = 0; mm_ctl_options[i].name != NULL; i++)
		printf("%s--%s", i > 0 ? " " : "", mm_ctl_options[i].name);
	puts("\"\n\tcase ${COMP_WORDS[1]} in");
	for (i = 0; i < mm_command_count; i++)
		if (is_first(i) && mm_commands[i].name != NULL)
			print_verbs(mm_commands[i].group);
	printf("\tesac\n\tkeys=\"");
	for (i = 0; i < MM_SETTINGS; i++)
		printf("%s%s", i > 0 ? " " : "", mm_setting_rows[i].key);
	puts("\"\n"
	     "\tif [[ $cur == -* ]]; then verbs=$options\n"
	     "\telif (( COMP_CWORD == 1 )); then verbs=$groups\n"
	     "\telif (( COMP_CWORD > 2 )); then\n"
	     "\t\tcase ${COMP_WORDS[2]} in\n"
	     "\t\tunset) verbs=$keys ;;\n"
	     "\t\tcreate | set | add | remove)\n"
	     "\t\t\tverbs=${keys// /= }=\n"
	     "\t\t\tcompopt -o nospace ;;\n"
	     "\t\t*) verbs= ;;\n"
	     "\t\tesac\n"
	     "\tfi\n"
	     "\tmapfile -t COMPREPLY < <(compgen -W \"$verbs\" -- \"$cur\")\n"
	     "}\n"
	     "complete -o default -F _mamorictl mamorictl");
	return 0;
}
