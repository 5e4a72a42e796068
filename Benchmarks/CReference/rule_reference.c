#include "rule_reference.h"

#include <stdlib.h>
#include <string.h>

#include "expression.h"
#include "id_table.h"
#include "literal_scan.h"

/* A rule in the list of a channel, a user or a command, with the conditions that are left to check. */
typedef struct {
  uint32_t rule;
  uint8_t flags;
  uint32_t team;
  /* The users among which the author has to be. */
  const uint32_t *users;
  uint32_t user_count;
} candidate;

/* Candidates in the order of the rules. */
typedef struct {
  candidate *items;
  size_t count, capacity;
} candidate_list;

/* The lists of the values of a field. */
typedef struct {
  id_table ids;
  candidate_list *lists;
  size_t capacity;
} field_index;

/* A rule that is reached through a literal. In the workload, such rules have no other condition than flags. */
typedef struct {
  uint32_t rule;
  expression *expression;
  uint8_t flags;
} text_rule;

struct reference_rules {
  field_index channels, users, commands;
  id_table teams;
  /* Every user of a rule, for the users of candidates. */
  id_table people;
  text_rule *texts;
  size_t text_count;
  uint32_t first_text;
  literal_scan *scan;
  /* Rules without a condition to look up. */
  candidate_list others;
  uint32_t **user_lists;
  size_t count;
};

static void append(candidate_list *list, candidate item) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity == 0 ? 2 : list->capacity * 2;
    list->items = realloc(list->items, list->capacity * sizeof *list->items);
  }
  list->items[list->count++] = item;
}

static void index_value(field_index *index, reference_text value, candidate item) {
  const uint32_t id = id_add(&index->ids, value);
  if (id >= index->capacity) {
    const size_t capacity = index->capacity == 0 ? 16 : index->capacity * 2;
    index->lists = realloc(index->lists, capacity * sizeof *index->lists);
    memset(index->lists + index->capacity, 0, (capacity - index->capacity) * sizeof *index->lists);
    index->capacity = capacity;
  }
  append(&index->lists[id], item);
}

static void free_index(field_index *index) {
  for (size_t i = 0; i < index->capacity; i++) free(index->lists[i].items);
  free(index->lists);
  id_free(&index->ids);
}

static candidate candidate_of(reference_rules *compiled, uint32_t number, const reference_rule *rule, bool has_users) {
  candidate item = {number, rule->flags, ID_MISSING, NULL, 0};
  if (rule->team.length > 0) item.team = id_add(&compiled->teams, rule->team);
  if (has_users && rule->user_count > 0) {
    uint32_t *users = malloc(rule->user_count * sizeof *users);
    for (size_t i = 0; i < rule->user_count; i++) users[i] = id_add(&compiled->people, rule->users[i]);
    compiled->user_lists[number] = users;
    item.users = users;
    item.user_count = (uint32_t)rule->user_count;
  }
  return item;
}

reference_rules *reference_compile(const reference_rule *rules, size_t count) {
  reference_rules *compiled = calloc(1, sizeof *compiled);
  compiled->count = count;
  compiled->texts = calloc(count + 1, sizeof *compiled->texts);
  compiled->user_lists = calloc(count + 1, sizeof *compiled->user_lists);
  compiled->first_text = (uint32_t)count;
  reference_text *literals = calloc(count + 1, sizeof *literals);
  bool is_known = true;
  for (uint32_t i = 0; i < count; i++) {
    const reference_rule *rule = &rules[i];
    if (rule->literal.length > 0) {
      text_rule *text = &compiled->texts[compiled->text_count];
      *text = (text_rule){i, NULL, rule->flags};
      if (rule->expression.length > 0) {
        text->expression = expression_parse(rule->expression);
        if (text->expression == NULL) is_known = false;
      }
      if (compiled->text_count == 0) compiled->first_text = i;
      literals[compiled->text_count++] = rule->literal;
    } else if (rule->channel_count > 0) {
      const candidate item = candidate_of(compiled, i, rule, true);
      for (size_t j = 0; j < rule->channel_count; j++) index_value(&compiled->channels, rule->channels[j], item);
    } else if (rule->user_count > 0) {
      const candidate item = candidate_of(compiled, i, rule, false);
      for (size_t j = 0; j < rule->user_count; j++) index_value(&compiled->users, rule->users[j], item);
    } else if (rule->command.length > 0) {
      index_value(&compiled->commands, rule->command, candidate_of(compiled, i, rule, true));
    } else {
      append(&compiled->others, candidate_of(compiled, i, rule, true));
    }
  }
  compiled->scan = literal_scan_make(literals, compiled->text_count);
  free(literals);
  if (is_known) return compiled;
  reference_free(compiled);
  return NULL;
}

void reference_free(reference_rules *rules) {
  free_index(&rules->channels);
  free_index(&rules->users);
  free_index(&rules->commands);
  id_free(&rules->teams);
  id_free(&rules->people);
  for (size_t i = 0; i < rules->text_count; i++) expression_free(rules->texts[i].expression);
  free(rules->texts);
  literal_scan_free(rules->scan);
  for (size_t i = 0; i < rules->count; i++) free(rules->user_lists[i]);
  free(rules->user_lists);
  free(rules->others.items);
  free(rules);
}

/* What is known of an event while it is decided. Numbers are looked up when a candidate asks for them. */
typedef struct {
  const reference_rules *rules;
  const reference_event *event;
  uint32_t team, author;
  bool has_team, has_author;
  uint32_t best;
} decision;

static bool matches(decision *state, const candidate *item) {
  if ((item->flags & ~state->event->flags) != 0) return false;
  if (item->team != ID_MISSING) {
    if (!state->has_team) state->team = id_find(&state->rules->teams, state->event->team);
    state->has_team = true;
    if (item->team != state->team) return false;
  }
  if (item->user_count == 0) return true;
  if (!state->has_author) state->author = id_find(&state->rules->people, state->event->user);
  state->has_author = true;
  for (uint32_t i = 0; i < item->user_count; i++) {
    if (item->users[i] == state->author) return true;
  }
  return false;
}

static void try_list(decision *state, const candidate_list *list) {
  for (size_t i = 0; i < list->count && list->items[i].rule < state->best; i++) {
    if (!matches(state, &list->items[i])) continue;
    state->best = list->items[i].rule;
    return;
  }
}

static void try_value(decision *state, const field_index *index, reference_text value) {
  const uint32_t id = id_find(&index->ids, value);
  if (id != ID_MISSING) try_list(state, &index->lists[id]);
}

static bool try_text(void *context, uint32_t literal) {
  decision *state = context;
  const text_rule *text = &state->rules->texts[literal];
  if (text->rule < state->best && (text->flags & ~state->event->flags) == 0 &&
      (text->expression == NULL || expression_matches(text->expression, state->event->text))) {
    state->best = text->rule;
  }
  /* No other literal can decide before the first rule with one. */
  return state->best > state->rules->first_text;
}

size_t reference_decide(const reference_rules *rules, const reference_event *event) {
  decision state = {.rules = rules, .event = event, .best = (uint32_t)rules->count};
  try_value(&state, &rules->channels, event->channel);
  try_value(&state, &rules->users, event->user);
  const reference_text text = event->text;
  if (text.length > 1 && text.bytes[0] == '/') {
    const char *space = memchr(text.bytes, ' ', text.length);
    const size_t end = space == NULL ? text.length : (size_t)(space - text.bytes);
    try_value(&state, &rules->commands, (reference_text){text.bytes + 1, end - 1});
  }
  try_list(&state, &rules->others);
  if (state.best > rules->first_text) literal_scan_run(rules->scan, text, try_text, &state);
  return state.best;
}
