package io.holdfast.http;

import io.holdfast.access.Role;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call of the server API.
 *
 * @param path below {@code /api}; with at most one variable segment, {@code {client}} (anything) or {@code {number}}
 * @param roles one of them is wanted; administrators always may
 */
record Route(String method, String path, Set<Role> roles, Action action, Pattern pattern) {

    /** The action of the call. */
    sealed interface Action {}

    /** With a body of limited size. */
    record Posted(int maxBytes, BodyCall call) implements Action {}

    /** Without a body. */
    record Asked(OwnQuery query) implements Action {
        Asked(Query query) {
            this((segment, parameters, caller) -> query.answer(segment, parameters));
        }
    }

    interface BodyCall {
        /** @throws IOException if the body is not JSON */
        CompletionStage<Answer> answer(byte[] body, Caller caller) throws IOException;
    }

    interface Query {
        /** @param segment what stands for the variable part of the path; empty if it has none */
        CompletionStage<Answer> answer(String segment, Parameters parameters);
    }

    /** A query whose answer is about the caller. */
    interface OwnQuery {
        /** @param segment as for a {@link Query} */
        CompletionStage<Answer> answer(String segment, Parameters parameters, Caller caller);
    }

    static Route of(String method, String path, Set<Role> roles, Action action) {
        String pattern = Pattern.quote(path).replace("{client}", "\\E(.+)\\Q").replace("{number}", "\\E(\\d{1,18})\\Q");
        return new Route(method, path, roles, action, Pattern.compile(pattern));
    }

    boolean variable() {
        return path.contains("{");
    }

    /** @return the variable segment, empty if there is none; null if the path is another */
    @Nullable
    String match(String called) {
        Matcher matcher = pattern.matcher(called);
        if (!matcher.matches()) {
            return null;
        }
        return matcher.groupCount() == 0 ? "" : matcher.group(1);
    }

    /** {@code publisher or reader}. */
    static String words(Set<Role> roles) {
        return roles.stream().sorted().map(Role::word).collect(Collectors.joining(" or "));
    }
}
