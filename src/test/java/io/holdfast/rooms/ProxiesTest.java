package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.EmbeddedEngine;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The engine that is injected is a client proxy, which is of no engine's class. So it is asked what it offers ({@link
 * StreamEngine#embedded}), and nobody looks at its class.
 */
class ProxiesTest {

    @Test
    void nobody_asks_an_engine_for_its_class() {
        List<String> checks = MainClasses.ALL.stream()
                .flatMap(type -> type.getInstanceofChecks().stream())
                .filter(check -> check.getRawType().isAssignableTo(StreamEngine.class))
                .map(check -> check.getOwner().getFullName())
                .toList();

        assertThat(checks).isEmpty();
    }

    @Test
    void an_engine_of_this_machine_offers_what_only_such_a_one_can() {
        assertThat(MainClasses.ALL.stream()
                        .filter(type -> type.isAssignableTo(EmbeddedEngine.class) && !type.isInterface())
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.getName().equals("embedded")))
                .isNotEmpty();
    }
}
