package dev.retouch.server.edit;

import java.net.URI;

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.ImageProgress;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.key.ApiPrincipal;

/** EditService whose result is kept instead of sent. */
@FunctionalInterface
public interface TaskEdits {

    /**
     * EditService.
     *
     * @param exchange owns what the edit opens
     * @param linkBase the address below which links of the result point
     * @param progress learns which images are complete
     * @return the result: a document with links, whatever the upstream answered
     */
    EditResponse editForTask(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
            ImageProgress progress);
}
