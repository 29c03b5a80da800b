package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends edits to an upstream whose response to the request is the answer, one attempt for each. */
public final class HttpUpstream implements UpstreamTransport, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpUpstream.class);

    private final HttpCalls calls;
    private final Credential credential;
    private final Wire wire;

    /**
     * An upstream of any kind.
     *
     * @param calls the HTTP client, which is closed with this upstream
     * @param credential the gateway's credential
     * @param wire the wire format
     */
    public HttpUpstream(HttpCalls calls, Credential credential, Wire wire) {
        this.calls = calls;
        this.credential = credential;
        this.wire = wire;
    }

    @Override
    public KindTraits traits(ModelName model) {
        return wire.traits();
    }

    @Override
    public UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException {
        Wire.Written written = wire.write(edit);
        Map<String, String> headers = new LinkedHashMap<>(credential.attemptHeaders());
        headers.put("accept", written.accept());
        headers.put("x-client-request-id", edit.requestId());
        headers.putAll(edit.trace().upstreamHeaders());
        HttpCalls.Reply reply = calls.send(new HttpCalls.Call("POST", written.url(), headers, written.body()));
        Response head = reply.head();
        boolean isAnswered = false;
        try {
            Optional<InputStream> body = isEdit(head.getStatus())
                    ? ResponseBody.ofEdit(head.getHeaders(), reply.body())
                    : Optional.empty();
            if (body.isPresent()) {
                isAnswered = true;
                return new UpstreamResponse(ResponseBody.isEventStream(head.getHeaders()), wire.answers(),
                        wire.errors().refusals(), wire.errors().requestId(head), body.get(),
                        UpstreamResponse.Notes.NONE, wire.expiringLinks());
            }
            throw credential.failure(wire.errors(), reply);
        } catch (IOException e) {
            throw HttpCalls.brokenOff(e);
        } finally {
            if (!isAnswered) {
                closeQuietly(reply);
            }
        }
    }

    @Override
    public UpstreamCheck check() throws AttemptFailedException {
        CheckCall call = new CheckCall(calls, credential, wire.errors());
        Wire.Check check = wire.check();
        return check.ofKey() ? call.ofKey(check.url()) : call.ofConnection(check.url());
    }

    /** Ends an exchange whose failure is known already. */
    private static void closeQuietly(HttpCalls.Reply reply) {
        try {
            reply.close();
        } catch (IOException e) {
            LOG.debug("response of an upstream not closed", e);
        }
    }

    /** A success with a body. */
    private static boolean isEdit(int status) {
        return HttpStatus.isSuccess(status) && status != HttpStatus.NO_CONTENT_204;
    }

    @Override
    public void close() {
        calls.close();
    }
}
