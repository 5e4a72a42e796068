#ifndef EDGECRAB_CPOSTGRES_SHIM_H
#define EDGECRAB_CPOSTGRES_SHIM_H

#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <sys/eventfd.h>

// Swift does not import macros of characters.
static const int edgecrab_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int edgecrab_sqlstate = PG_DIAG_SQLSTATE;
static const int edgecrab_message = PG_DIAG_MESSAGE_PRIMARY;
static const int edgecrab_table = PG_DIAG_TABLE_NAME;
static const int edgecrab_constraint = PG_DIAG_CONSTRAINT_NAME;

// The number of bytes that OpenSSL has read from the socket and decrypted and libpq has not fetched yet. poll(2) does not
// see them.
static inline int edgecrab_pending(PGconn *connection) {
  SSL *ssl = PQsslStruct(connection, "OpenSSL");
  return ssl ? SSL_pending(ssl) : 0;
}

// Swift's module of glibc has no eventfd(2).
static inline int edgecrab_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#endif
