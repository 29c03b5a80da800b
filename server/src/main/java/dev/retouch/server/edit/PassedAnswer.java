package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.intake.CanceledException;

/**
 * Passes a JSON document on while it comes, and looks at it on the way. Its last bytes wait until it is charged, so that nobody
 * has a whole answer that was not.
 */
final class PassedAnswer {

    private final JsonFactory json;

    PassedAnswer(JsonFactory json) {
        this.json = json;
    }

    /** What comes after the document, from what was in it. */
    @FunctionalInterface
    interface Ending {
        Map<String, String> of(ReturnedImages returned);
    }

    /** Whether the first image begins within these bytes, and everything before it is JSON. */
    boolean beginsAsEdit(byte[] head) {
        try (JsonParser parser = json.createParser(new ByteArrayInputStream(head))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME
                        && ("b64_json".equals(parser.currentName()) || "url".equals(parser.currentName()))) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // it is none, or its first image begins later
        }
        return false;
    }

    /** Passes it on. Where the answer breaks off, or nobody takes it, this ends in an exception and the bill is told. */
    Map<String, String> pass(InputStream answer, OutputStream out, Delivery delivery, Ending ending)
            throws IOException {
        ReturnedImages returned = new ReturnedImages();
        ClientStream client = new ClientStream(out, delivery.outlastsClient());
        LastBytes held = new LastBytes(client);
        try (InputStream body = new CopyingStream(answer, held)) {
            returned.lookAt(body, json);
        } catch (CanceledException e) {
            abandon(returned, delivery);
            throw new IOException("the answer was not taken", e);
        } catch (IOException e) {
            if (client.isGone()) {
                abandon(returned, delivery);
                throw e;
            }
            delivery.bill().failed(true, "the answer broke off");
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending();
        }
        Map<String, String> told = ending.of(returned);
        held.release();
        return told;
    }

    /** The upstream has done all the work before it sent the first byte. */
    private static void abandon(ReturnedImages returned, Delivery delivery) {
        delivery.bill().delivered(Math.max(returned.count(), delivery.asked().images()), returned.usage());
    }
}
