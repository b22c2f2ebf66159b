// OpenSSL 3.0, and as functions what it has as macros or with variable arguments, neither of which Swift imports.
#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Contexts.

/// No renegotiation and no compression; the server's order of ciphers, but ChaCha20 for a client without AES hardware;
/// the end of the stream is an end, and it is for us to tell whether close_notify came before it.
static inline void usher_set_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
}

/// No buffers while nothing is read or written, and a write may end behind any record.
static inline void usher_set_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

/// One recv may bring many records.
static inline void usher_set_read_ahead(SSL_CTX *context) { SSL_CTX_set_read_ahead(context, 1); }

static inline int usher_set_lowest_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}

static inline int usher_set_groups(SSL_CTX *context, const char *groups) {
  return SSL_CTX_set1_groups_list(context, groups);
}

static inline void usher_set_session_cache(SSL_CTX *context, long mode, long size) {
  SSL_CTX_set_session_cache_mode(context, mode);
  SSL_CTX_sess_set_cache_size(context, size);
}

/// The key of a ticket's MAC.
static inline int usher_set_hmac_sha256_key(EVP_MAC_CTX *mac, const unsigned char *key, size_t length) {
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, length),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_CTX_set_params(mac, parameters);
}

static inline void usher_set_name_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *), void *argument) {
  SSL_CTX_set_tlsext_servername_callback(context, callback);
  SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline long usher_resumptions(SSL_CTX *context) { return SSL_CTX_sess_hits(context); }

// Sessions.

static inline int usher_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }

static inline void usher_enable_kernel_tls(SSL *ssl) { SSL_set_options(ssl, SSL_OP_ENABLE_KTLS); }

// Transports.

static inline void usher_should_retry_reading(BIO *bio) {
  BIO_clear_retry_flags(bio);
  BIO_set_retry_read(bio);
}

static inline void usher_should_retry_writing(BIO *bio) {
  BIO_clear_retry_flags(bio);
  BIO_set_retry_write(bio);
}

static inline int usher_wants_retry(BIO *bio) { return BIO_should_retry(bio); }

static inline void usher_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline long usher_memory(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

// Certificates.

/// As RFC 2253 has it: what is not printable ASCII is escaped.
static inline void usher_print_name(BIO *bio, const X509_NAME *name) {
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

static inline EVP_PKEY *usher_new_p256_key(void) { return EVP_EC_gen("P-256"); }
