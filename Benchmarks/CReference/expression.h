/* The regular expressions of the workload: a sequence of characters, classes and groups of words, with counts. */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include <stdbool.h>

#include "rule_reference.h"

typedef struct expression expression;

/* Returns NULL if the pattern uses a syntax that is not known. */
expression *expression_parse(reference_text pattern);

bool expression_matches(const expression *expression, reference_text text);

void expression_free(expression *expression);

#endif
