#include "cre2.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <vector>

using re2::FilteredRE2;
using re2::RE2;
using re2::StringPiece;

struct cre2 {
  // With this one expression, which is compiled once for the search and for the required texts.
  FilteredRE2 filter;

  const RE2 &expression() const { return filter.GetRE2(0); }
};

namespace {

// More texts than these are all required: finding out which of them suffice is not worth the time.
const size_t examined_max = 64;

}  // namespace

cre2 *cre2_new(
    const char *expression, size_t length, bool is_case_sensitive, int64_t memory, int shortest, cre2_fault *fault) {
  RE2::Options options;
  options.set_case_sensitive(is_case_sensitive);
  options.set_log_errors(false);
  options.set_max_mem(memory);
  cre2 *made = new cre2{FilteredRE2(shortest)};
  int id;
  if (made->filter.Add(StringPiece(expression, length), options, &id) == RE2::NoError) return made;
  delete made;
  // The filter does not keep the part of an expression that is wrong.
  const RE2 invalid(StringPiece(expression, length), options);
  const std::string whole(expression, length);
  const size_t offset = whole.find(invalid.error_arg());
  fault->code = invalid.error_code();
  fault->offset = offset == std::string::npos ? 0 : offset;
  fault->length = offset == std::string::npos ? length : invalid.error_arg().size();
  return nullptr;
}

void cre2_delete(cre2 *expression) { delete expression; }

bool cre2_is_found(const cre2 *expression, const char *text, size_t length) {
  return expression->expression().Match(StringPiece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
}

bool cre2_find(const cre2 *expression, const char *text, size_t length, size_t from, size_t *start, size_t *end) {
  StringPiece found;
  const StringPiece whole(text, length);
  if (!expression->expression().Match(whole, from, length, RE2::UNANCHORED, &found, 1)) return false;
  *start = found.data() - text;
  *end = *start + found.size();
  return true;
}

void cre2_required(
    cre2 *expression, void *context, bool (*is_usable)(void *, const char *, size_t),
    void (*visit)(void *, const char *, size_t)) {
  FilteredRE2 &filter = expression->filter;
  std::vector<std::string> texts;
  filter.Compile(&texts);

  std::vector<bool> is_asked(texts.size());
  for (size_t i = 0; i < texts.size(); i++) is_asked[i] = is_usable(context, texts[i].data(), texts[i].size());

  // Returns whether there can be a match in a text without any of the required texts.
  const auto can_do_without = [&] {
    std::vector<int> present, possible;
    for (size_t i = 0; i < texts.size(); i++) {
      if (!is_asked[i]) present.push_back(i);
    }
    filter.AllPotentials(present, &possible);
    return !possible.empty();
  };
  if (texts.empty() || can_do_without()) return;

  // The fewer and the longer the texts, the rarer they are: those that the others can do without are left out, the
  // shortest first.
  if (texts.size() <= examined_max) {
    std::vector<size_t> order(texts.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return texts[a].size() != texts[b].size() ? texts[a].size() < texts[b].size() : a < b;
    });
    for (size_t i : order) {
      if (!is_asked[i]) continue;
      is_asked[i] = false;
      if (can_do_without()) is_asked[i] = true;
    }
  }
  for (size_t i = 0; i < texts.size(); i++) {
    if (is_asked[i]) visit(context, texts[i].data(), texts[i].size());
  }
}
