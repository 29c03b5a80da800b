/**
 * Cases: text files that people read and write, turned into requests to send and checks to make. The command loads them, the
 * runner runs them. What is wrong in a file is told with the file, the case and what is known there. Nothing here sends anything.
 */
@NullMarked
package dev.retouch.contract.conformance.cases;

import org.jspecify.annotations.NullMarked;
