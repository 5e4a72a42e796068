#ifndef EDGECRAB_CCURL_SHIM_H
#define EDGECRAB_CCURL_SHIM_H

#include <curl/curl.h>
#include <sys/eventfd.h>

// Swift cannot call variadic C functions. Each wrapper below fixes one argument type of curl_easy_setopt and its
// sisters, so that Swift picks the right one by type: `curlSet(easy, CURLOPT_URL, "https://...")`.
#define EDGECRAB_WRAPPER(signature) \
  static inline __attribute__((overloadable)) __attribute__((swift_name(signature)))

typedef size_t (*edgecrab_write_function)(char *, size_t, size_t, void *);
typedef int (*edgecrab_seek_function)(void *, curl_off_t, int);
typedef int (*edgecrab_sockopt_function)(void *, curl_socket_t, curlsocktype);
typedef int (*edgecrab_debug_function)(CURL *, curl_infotype, char *, size_t, void *);
typedef int (*edgecrab_prereq_function)(void *, char *, char *, int, int);
typedef int (*edgecrab_socket_function)(CURL *, curl_socket_t, int, void *, void *);
typedef int (*edgecrab_timer_function)(CURLM *, long, void *);

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, edgecrab_write_function value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, edgecrab_seek_function value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, edgecrab_sockopt_function value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, edgecrab_debug_function value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSet(_:_:_:)")
CURLcode edgecrab_set(CURL *easy, CURLoption option, edgecrab_prereq_function value) {
  return curl_easy_setopt(easy, option, value);
}

// CURLoption values of kind OFF_T and OBJECTPOINT get names of their own: `long` and `curl_off_t` are one type on
// 64-bit Linux, and any pointer converts to `void *`.
EDGECRAB_WRAPPER("curlSetOffset(_:_:_:)")
CURLcode edgecrab_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlSetPointer(_:_:_:)")
CURLcode edgecrab_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

EDGECRAB_WRAPPER("curlGet(_:_:_:)")
CURLcode edgecrab_get(CURL *easy, CURLINFO info, long *value) { return curl_easy_getinfo(easy, info, value); }

EDGECRAB_WRAPPER("curlGet(_:_:_:)")
CURLcode edgecrab_get(CURL *easy, CURLINFO info, curl_socket_t *value) { return curl_easy_getinfo(easy, info, value); }

EDGECRAB_WRAPPER("curlGetPointer(_:_:_:)")
CURLcode edgecrab_get_pointer(CURL *easy, CURLINFO info, void **value) { return curl_easy_getinfo(easy, info, value); }

EDGECRAB_WRAPPER("curlGet(_:_:_:)")
CURLcode edgecrab_get(CURL *easy, CURLINFO info, char **value) { return curl_easy_getinfo(easy, info, value); }

EDGECRAB_WRAPPER("curlGet(_:_:_:)")
CURLcode edgecrab_get(CURL *easy, CURLINFO info, struct curl_certinfo **value) {
  return curl_easy_getinfo(easy, info, value);
}

EDGECRAB_WRAPPER("curlSetMulti(_:_:_:)")
CURLMcode edgecrab_set_multi(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

EDGECRAB_WRAPPER("curlSetMulti(_:_:_:)")
CURLMcode edgecrab_set_multi(CURLM *multi, CURLMoption option, edgecrab_socket_function value) {
  return curl_multi_setopt(multi, option, value);
}

EDGECRAB_WRAPPER("curlSetMulti(_:_:_:)")
CURLMcode edgecrab_set_multi(CURLM *multi, CURLMoption option, edgecrab_timer_function value) {
  return curl_multi_setopt(multi, option, value);
}

EDGECRAB_WRAPPER("curlSetMultiPointer(_:_:_:)")
CURLMcode edgecrab_set_multi_pointer(CURLM *multi, CURLMoption option, void *value) {
  return curl_multi_setopt(multi, option, value);
}

// CURL_GLOBAL_ALL is a macro that Swift does not import.
EDGECRAB_WRAPPER("curlGlobalInit()")
CURLcode edgecrab_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }

// Swift's module of glibc has no eventfd(2).
EDGECRAB_WRAPPER("eventDescriptor()")
int edgecrab_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#undef EDGECRAB_WRAPPER

#endif
