/* filters/glob.h: words with wildcards. */
#ifndef FILTERS_GLOB_H
#define FILTERS_GLOB_H

#include "base/sv.h"

/* In a pattern, * and ? are these noncharacters: to the tokenizer they are
 * letters, and no text that is one holds them. */
#define GLOB_ANY 0xFDD0u /* any characters, or none */
#define GLOB_ONE 0xFDD1u /* one character with its diacritics */

/* Does the pattern cover the whole word?  At most length times length steps. */
bool glob_match(struct sv pattern, struct sv word);

/* Bytes before the first wildcard; all of them when there is none. */
size_t glob_literal(struct sv pattern);

#endif
