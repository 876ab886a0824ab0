package io.holdfast.http.fallback;

import io.holdfast.cluster.Question;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Asks the node of a session for its connection, and may bring a frame of its client: {@code {"session":"…","frame":"…"}}, the
 * frame in base64. The answer is {@code {"connection":"…","taken":"YES"}}, or an empty object if there is no such session.
 *
 * @param frame null for none
 */
record SessionQuestion(String session, byte @Nullable [] frame) implements Question<SessionQuestion.Found> {
    static final String ABOUT = "session";

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    SessionQuestion(String session, byte @Nullable [] frame) {
        this.session = session;
        this.frame = frame;
    }

    /** @param connection its id; null if there is no such session */
    record Found(@Nullable String connection, Taken taken) {}

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        json.field("session", session);
        if (frame != null) {
            json.name("frame").string(Base64.getEncoder().encodeToString(frame)).comma();
        }
    }

    static SessionQuestion read(byte[] question) throws IOException {
        return Question.object(question, in -> {
            String session = "";
            byte[] frame = null;
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "session" -> session = in.string();
                    case "frame" -> frame = decoded(in.string());
                    default -> in.skip();
                }
            }
            return new SessionQuestion(session, frame);
        });
    }

    private static byte[] decoded(String frame) throws IOException {
        try {
            return Base64.getDecoder().decode(frame);
        } catch (IllegalArgumentException e) {
            throw new JsonInput.WrongType("not base64");
        }
    }

    static byte[] answer(Found found) {
        JsonOutput json = new JsonOutput().open();
        if (found.connection() != null) {
            json.field("connection", found.connection())
                    .field("taken", found.taken().name());
        }
        return json.close().toBytes();
    }

    @Override
    public Found readAnswer(JsonInput in) throws IOException {
        String connection = null;
        Taken taken = Taken.UNKNOWN;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "connection" -> connection = in.string();
                case "taken" -> taken = Question.constant(Taken.class, in.string());
                default -> in.skip();
            }
        }
        return new Found(connection, taken);
    }

    /** Never shows the session or the frame. */
    @Override
    public String toString() {
        return "SessionQuestion";
    }
}
