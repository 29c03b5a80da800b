/**
 * The models as data: {@code models.yaml} describes what each accepts, and the rules in this package validate a request
 * against its entry. {@code edit} and the model list of {@code api} use it. No model is named in code.
 */
@NullMarked
package dev.retouch.server.model;

import org.jspecify.annotations.NullMarked;
