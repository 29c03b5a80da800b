/**
 * What people and programs read when a run is over: one page, one document, and lines while it goes on. Made of outcomes; keys
 * are taken out here, before anything is written, and everything that came from the endpoint is data and never markup.
 */
@NullMarked
package dev.retouch.contract.conformance.report;

import org.jspecify.annotations.NullMarked;
