package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A call of the server API as its description has it, carried out with the example from there. */
record Operation(String method, String path, JsonNode described) {

    /** Every call that the document describes: messages before what asks for them, and the end last. */
    static List<Operation> of(JsonNode document) {
        List<Operation> operations = new ArrayList<>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fields()
                        .forEachRemaining(operation -> operations.add(
                                new Operation(operation.getKey(), path.getKey(), operation.getValue()))));
        operations.sort(Comparator.comparingInt(Operation::turn));
        return operations;
    }

    private int turn() {
        return switch (path) {
            case "/api/send", "/api/publish", "/api/broadcast" -> 0;
            case "/api/subscribe", "/api/cleanup/run" -> 1;
            case "/api/unsubscribe", "/api/history_remove" -> 3;
            case "/api/drain" -> 4;
            default -> path.matches(".*/(resend|discard)") ? 3 : 2;
        };
    }

    Api.Answer call(Api api) {
        String named = path;
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : described.path("parameters")) {
            String name = parameter.path("name").asText();
            String value = parameter.path("example").asText();
            assertThat(value).as("%s: example of %s", this, name).isNotEmpty();
            if (parameter.path("in").asText().equals("path")) {
                named = named.replace("{" + name + "}", value);
            } else {
                query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        String target = query.isEmpty() ? named : named + "?" + String.join("&", query);
        if (method.equals("get")) {
            return api.get(target);
        }
        JsonNode example = described.at("/requestBody/content/application~1json/example");
        return api.postRaw(target, example.isMissingNode() ? "" : example.toString());
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
