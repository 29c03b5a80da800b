/**
 * Implements the generated stubs: a delegate for each tag of the contract, the filters before them, and the mapping of
 * failures to error responses. Depends on HTTP; leaves the work to other packages.
 */
@NullMarked
package dev.retouch.server.api;

import org.jspecify.annotations.NullMarked;
