/**
 * What a case expects of an answer, one class for each kind of thing: status, headers, error, document, images, events, links.
 * Cases hold checks, the runner lets them look. A check says what it wanted and what it got; it sends nothing by itself but
 * follows links.
 */
@NullMarked
package dev.retouch.contract.conformance.check;

import org.jspecify.annotations.NullMarked;
