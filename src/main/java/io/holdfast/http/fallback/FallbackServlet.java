package io.holdfast.http.fallback;

import io.holdfast.http.BodyReader;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What the three addresses have in common: one method, and pages of other origins may read the answer (Fetch standard,
 * section 3.3). Which origins, the handshake filter has decided before.
 */
abstract class FallbackServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** After this many seconds a browser asks for the permission again. */
    private static final String PERMISSION_SECONDS = "600";

    private final String method;

    FallbackServlet(String method) {
        this.method = method;
    }

    /** The method is right, and pages may read the answer. */
    abstract void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        allow(request, response);
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (request.getMethod().equals(method)) {
            answer(request, response);
        } else if (request.getMethod().equals("OPTIONS")) {
            response.setHeader("Access-Control-Allow-Methods", method);
            // The origin may send what it likes, as a program may; "*" does not count where cookies come along.
            String asked = request.getHeader("Access-Control-Request-Headers");
            response.setHeader("Access-Control-Allow-Headers", asked == null ? "Content-Type" : asked);
            response.addHeader("Vary", "Access-Control-Request-Headers");
            response.setHeader("Access-Control-Max-Age", PERMISSION_SECONDS);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            response.setHeader("Allow", method + ", OPTIONS");
            refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "This wants " + method);
        }
    }

    private static void allow(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Credentials", "true");
        }
    }

    /** Hands the body to the taker: Protobuf, or else JSON in UTF-8. */
    static void read(
            HttpServletRequest request, HttpServletResponse response, BodyReader.Limits limits, FrameTaker taker)
            throws IOException {
        // What is not called as the SDKs call Protobuf is JSON, whatever it is called.
        String type = request.getContentType();
        boolean binary = type != null && type.toLowerCase(Locale.ROOT).startsWith(Framing.MESSAGES.contentType());
        BodyReader.read(request, response, limits, new BodyReader.Taker() {
            @Override
            public boolean take(byte[] body, HttpServletRequest request, HttpServletResponse response)
                    throws IOException {
                try {
                    return taker.take(body, binary);
                } catch (CharacterCodingException e) {
                    FallbackServlet.refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The body is not UTF-8");
                    return false;
                }
            }

            @Override
            public void refuse(BodyReader.Refusal refusal, HttpServletResponse response) throws IOException {
                FallbackServlet.refuse(response, refusal.status(), refusal.message());
            }
        });
    }

    /** A servlet that needs a body. */
    interface FrameTaker {
        /**
         * Must answer.
         *
         * @param binary whether it is Protobuf
         * @return whether the response continues after this
         * @throws CharacterCodingException before it has answered, if it should be UTF-8 and is not
         */
        boolean take(byte[] body, boolean binary) throws IOException;
    }

    static void refuse(HttpServletResponse response, int status, String why) throws IOException {
        byte[] text = (why + '\n').getBytes(StandardCharsets.US_ASCII);
        response.setStatus(status);
        response.setContentType("text/plain");
        response.setContentLength(text.length);
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(text);
    }
}
