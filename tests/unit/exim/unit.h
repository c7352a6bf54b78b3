#ifndef MM_TESTS_UNIT_EXIM_UNIT_H
#define MM_TESTS_UNIT_EXIM_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
