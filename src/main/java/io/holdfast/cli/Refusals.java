package io.holdfast.cli;

import io.holdfast.client.Json;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a server's no, or its silence, means to who called, and what to do about it. */
final class Refusals {
    /** What sets the address of the gateway. */
    static final String OF_GATEWAY = "--url, HOLDFAST_URL or a context";

    private Refusals() {}

    /** Reads what a server has answered with. @throws Failure if it is not JSON */
    static Json answer(String body) {
        try {
            return Json.read(body);
        } catch (IOException e) {
            throw notJson();
        }
    }

    /** The object {@code error} of an answer; absent if there is none. */
    static Json error(String body) {
        try {
            return Json.read(body).at("error");
        } catch (IOException e) {
            return Json.ABSENT;
        }
    }

    /** An answer whose status is not 2xx. @param retryAfter seconds; empty if not told */
    static Failure byStatus(int status, String body, String retryAfter, String url) {
        Json error = error(body);
        boolean unexplained = error.fields().isEmpty();
        String told = error.at("message").textOrNumber().replaceFirst("\\.$", "");
        String code = unexplained ? "http_" + status : error.at("code").textOrNumber();
        boolean noCall = unexplained || told.equals("There is no such call");
        String message = told.isEmpty() ? "The server answers " + status : told;
        return switch (status) {
            case 401 ->
                new Failure(
                        Exit.NOT_ALLOWED,
                        code,
                        message,
                        "Put the API key into HOLDFAST_API_KEY or a file for --api-key-file; in insecure mode it is dev.");
            case 403 ->
                new Failure(Exit.NOT_ALLOWED, code, message, "Use an API key with the required role (docs/api.md).");
            case 404 ->
                new Failure(
                        Exit.NO,
                        code,
                        noCall ? "There is no such call at " + url : message,
                        noCall
                                ? "Check that --url is that of a Holdfast gateway, and that the gateway is as new as this program."
                                : "Check the spelling of the name.");
            case 409 -> new Failure(Exit.NO, code, message, "Try again when the cause is gone.");
            case 429, 503 ->
                new Failure(
                        Exit.NO,
                        code,
                        message,
                        "Try again in " + (retryAfter.matches("\\d{1,6}") ? retryAfter + " s." : "some seconds."));
            case 500 -> new Failure(Exit.NO, code, message, "See the server's log.");
            default ->
                status / 100 == 3
                        ? new Failure(
                                Exit.NO,
                                code,
                                "The server redirects elsewhere (" + status + ")",
                                "Give --url the target of the redirect. Redirects are not followed, because the key would be sent along.")
                        : new Failure(
                                Exit.NO,
                                code,
                                message,
                                unexplained
                                        ? "Check that --url is that of a Holdfast gateway: " + url
                                        : "Correct the part that the message names.");
        };
    }

    /** An error in an answer with status 200 (of the compatible shape). */
    static Failure byCode(Json error) {
        String code = error.at("code").textOrNumber();
        String message = error.at("message").textOrNumber();
        return switch (code) {
            case "101", "103" ->
                new Failure(Exit.NOT_ALLOWED, code, message, "Use a key with the required role (docs/api.md).");
            case "102" ->
                new Failure(
                        Exit.NO,
                        code,
                        message,
                        "Put the part before the colon into holdfast.namespaces, or correct the name.");
            case "100", "111" -> new Failure(Exit.NO, code, message, "Try again in some seconds.");
            default -> new Failure(Exit.NO, code, message, "Correct the part that the message names.");
        };
    }

    static Failure notJson() {
        return new Failure(
                Exit.NO,
                "not_json",
                "The answer is not JSON",
                "Check that the URL is that of a Holdfast gateway, and not of a proxy's page.");
    }

    static Failure silent(URI server, Duration limit) {
        return new Failure(
                Exit.UNREACHABLE,
                "no_answer",
                "No answer from " + server + " within " + limit.toMillis() / 1_000.0 + " s",
                "Check that the server is healthy, or give a longer --timeout.");
    }

    /** @param option what sets the address */
    static Failure unreachable(URI server, @Nullable Throwable cause, String option) {
        String why;
        String advice = "Check that the gateway runs there. Set its address with " + option + ".";
        if (cause instanceof HttpConnectTimeoutException) {
            why = "no connection in time";
        } else if (has(cause, UnresolvedAddressException.class) || has(cause, UnknownHostException.class)) {
            why = "the host is not known";
        } else if (cause instanceof SSLException) {
            String[] both = Trust.refusal(cause).split(": ", 2);
            why = both[0];
            advice = both.length < 2 ? advice : sentence(both[1]);
        } else if (cause instanceof ConnectException) {
            why = "the connection is refused";
        } else if (cause instanceof ProtocolException || cause instanceof NoRouteToHostException) {
            why = String.valueOf(cause.getMessage());
        } else {
            why = "the connection ended before the answer";
        }
        return new Failure(Exit.UNREACHABLE, "unreachable", "Cannot reach " + server + ": " + why, advice);
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + (text.endsWith("?") ? "" : ".");
    }

    private static boolean has(@Nullable Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
