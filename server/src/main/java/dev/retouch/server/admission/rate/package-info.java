/**
 * Rate limits: requests and images per minute of a key and of its group, as token buckets in memory or in PostgreSQL.
 *
 * <p>Never waits: a request above its limit is rejected with the time after which it can succeed.
 */
@NullMarked
package dev.retouch.server.admission.rate;

import org.jspecify.annotations.NullMarked;
