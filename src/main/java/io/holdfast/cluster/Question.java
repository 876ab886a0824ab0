package io.holdfast.cluster;

import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One kind of question, with the answers to it.
 *
 * <p>Both are JSON objects with short names. A field that is not known is skipped, and one that is absent holds its default, so
 * two versions understand each other.
 *
 * @param <A> what is answered
 */
public interface Question<A> {

    /** Its subject. */
    String about();

    void write(JsonOutput json);

    /** Of an answer, which is a JSON object. @throws IOException if it is none */
    A readAnswer(JsonInput answer) throws IOException;

    /** How long an answer may take. */
    default Duration within() {
        return Questions.SOON;
    }

    /** The question as it goes to other nodes. */
    default byte[] encoded() {
        JsonOutput json = new JsonOutput().open();
        write(json);
        return json.close().toBytes();
    }

    /** Reads an answer. @throws IOException if it is no answer to this question */
    default A decoded(byte[] answer) throws IOException {
        return object(answer, this::readAnswer);
    }

    /** Reads one JSON object. */
    interface Reader<T> {
        T read(JsonInput object) throws IOException;
    }

    static <T> T object(byte[] bytes, Reader<T> reader) throws IOException {
        try (JsonInput in = new JsonInput(bytes)) {
            if (!in.nextValue() || !in.isObject() || !in.enterObject()) {
                throw new JsonInput.WrongType("not an object");
            }
            return reader.read(in);
        }
    }

    /** A value that is JSON already; nothing for null. */
    static void json(String name, byte @Nullable [] value, JsonOutput to) {
        if (value != null) {
            to.name(name).raw(value).comma();
        }
    }

    /** @throws IOException if there is no such constant in this version */
    static <E extends Enum<E>> E constant(Class<E> type, String name) throws IOException {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new JsonInput.WrongType("not a constant of " + type.getSimpleName());
        }
    }
}
