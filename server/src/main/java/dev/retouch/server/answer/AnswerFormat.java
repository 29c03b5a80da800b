package dev.retouch.server.answer;

/** A wire format of answers: how the response of one kind of upstream becomes parts. */
@FunctionalInterface
public interface AnswerFormat {

    /** OpenAI's documents and events; the bytes decide which of them it is. */
    AnswerFormat OPENAI = AnswerReaders::of;

    /**
     * Reads one response.
     *
     * @param held keeps images of which it is not known yet what they are
     */
    AnswerReader reader(AnswerSource source, HeldImages held);
}
