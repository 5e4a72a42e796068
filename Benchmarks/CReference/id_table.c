#include "id_table.h"

#include <stdlib.h>
#include <string.h>

/* Multiplies eight bytes at a time: texts of fewer are folded into one word. */
static uint64_t hash_of(reference_text text) {
  uint64_t hash = text.length * 0x9E3779B97F4A7C15u;
  const char *bytes = text.bytes;
  size_t left = text.length;
  while (left >= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
    bytes += 8;
    left -= 8;
  }
  uint64_t word = 0;
  for (size_t i = 0; i < left; i++) word = word << 8 | (uint8_t)bytes[i];
  hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
  return hash ^ hash >> 32;
}

/* Returns the slot of a text, or the empty one for it. */
static struct id_slot *slot_of(const id_table *table, reference_text text, uint64_t hash) {
  for (size_t place = hash & table->mask;; place = (place + 1) & table->mask) {
    struct id_slot *slot = &table->slots[place];
    if (slot->bytes == NULL) return slot;
    if (slot->hash == hash && slot->length == text.length && memcmp(slot->bytes, text.bytes, text.length) == 0) {
      return slot;
    }
  }
}

static void grow(id_table *table) {
  const id_table old = *table;
  const size_t size = old.slots == NULL ? 16 : (old.mask + 1) * 2;
  table->slots = calloc(size, sizeof *table->slots);
  table->mask = size - 1;
  if (old.slots == NULL) return;
  for (size_t i = 0; i <= old.mask; i++) {
    const struct id_slot slot = old.slots[i];
    if (slot.bytes == NULL) continue;
    *slot_of(table, (reference_text){slot.bytes, slot.length}, slot.hash) = slot;
  }
  free(old.slots);
}

uint32_t id_add(id_table *table, reference_text text) {
  if (table->slots == NULL || table->count * 2 > table->mask) grow(table);
  const uint64_t hash = hash_of(text);
  struct id_slot *slot = slot_of(table, text, hash);
  if (slot->bytes != NULL) return slot->id;
  char *copy = malloc(text.length + 1);
  memcpy(copy, text.bytes, text.length);
  *slot = (struct id_slot){hash, copy, (uint32_t)text.length, table->count++};
  return slot->id;
}

uint32_t id_find(const id_table *table, reference_text text) {
  if (table->slots == NULL) return ID_MISSING;
  const struct id_slot *slot = slot_of(table, text, hash_of(text));
  return slot->bytes == NULL ? ID_MISSING : slot->id;
}

void id_free(id_table *table) {
  if (table->slots == NULL) return;
  for (size_t i = 0; i <= table->mask; i++) free((void *)table->slots[i].bytes);
  free(table->slots);
}
