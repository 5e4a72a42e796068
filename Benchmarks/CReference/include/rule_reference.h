/* Decides events by the rules of a workload, written in C for this workload only: hash look-ups of channel, user and
   command, and one scan of the text for all literals. RulesBench compares the rule engine with it. */
#ifndef RULE_REFERENCE_H
#define RULE_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *bytes;
  size_t length;
} reference_text;

enum {
  REFERENCE_MENTION = 1,
  REFERENCE_DIRECT = 2,
  REFERENCE_COMMAND = 4,
  REFERENCE_REPLY = 8,
  REFERENCE_FILES = 16,
};

/* The conditions of a rule, all of which have to hold. Texts without bytes and empty lists are no condition. */
typedef struct {
  const reference_text *channels;
  size_t channel_count;
  const reference_text *users;
  size_t user_count;
  reference_text team;
  reference_text command;
  /* The flags that an event must have. */
  uint8_t flags;
  /* A literal that the text must contain. */
  reference_text literal;
  /* An expression that must match the text if the literal is found. */
  reference_text expression;
} reference_rule;

/* An event. Its command is the word after the `/` that its text begins with. */
typedef struct {
  reference_text channel;
  reference_text user;
  reference_text team;
  reference_text text;
  uint8_t flags;
} reference_event;

typedef struct reference_rules reference_rules;

/* Compiles rules, copying what it needs. Returns NULL if an expression uses a syntax that it does not know. */
reference_rules *reference_compile(const reference_rule *rules, size_t count);

void reference_free(reference_rules *rules);

/* Returns the index of the first rule that matches, or the number of rules if none does. */
size_t reference_decide(const reference_rules *rules, const reference_event *event);

#endif
