package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespacesTest {
    private static final Namespace OUTBOXES = Rules.namespace("#", AllowedClients.NOBODY, AllowedClients.NOBODY, 0);
    private static final Namespace UNNAMED = Rules.namespace("", AllowedClients.CLIENTS, AllowedClients.NOBODY, 0);
    private static final Namespace ORDERS =
            Rules.namespace("orders", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0);

    private final Namespaces closed = new Namespaces(OUTBOXES, UNNAMED, List.of(ORDERS), false);
    private final Namespaces open = new Namespaces(OUTBOXES, UNNAMED, List.of(ORDERS), true);

    @Test
    void what_stands_before_the_first_colon_is_the_namespace() {
        assertThat(closed.find("orders:7")).isSameAs(ORDERS);
        assertThat(closed.find("orders:7:8")).isSameAs(ORDERS);
        assertThat(closed.find("orders:")).isSameAs(ORDERS);
        assertThat(closed.find("orders")).isSameAs(UNNAMED);
        assertThat(closed.find("Orders:7")).isNull();
        assertThat(closed.find("order:7")).isNull();
    }

    @Test
    void a_colon_at_the_beginning_names_a_namespace_that_nobody_can_have() {
        assertThat(closed.find(":7")).isNull();
        assertThat(closed.find(":orders:7")).isNull();
    }

    @Test
    void a_dollar_sign_before_a_namespace_is_no_part_of_its_name() {
        assertThat(closed.find("$orders:7")).isSameAs(ORDERS);
        assertThat(closed.find("$news:7")).isNull();
        assertThat(closed.find("$$orders:7")).isNull();
        assertThat(closed.find("$:7")).isNull();
        assertThat(closed.find("$orders")).isSameAs(UNNAMED);
        assertThat(open.find("$orders:7")).isSameAs(ORDERS);
    }

    @Test
    void a_number_sign_makes_an_outbox_whatever_follows() {
        assertThat(closed.find("#u42")).isSameAs(OUTBOXES);
        assertThat(closed.find("#orders:7")).isSameAs(OUTBOXES);
        assertThat(open.find("#nobody:7")).isSameAs(OUTBOXES);
    }

    @Test
    void open_namespaces_take_channels_of_unknown_ones_and_leave_the_known_ones_theirs() {
        assertThat(open.find("news:7")).isSameAs(UNNAMED);
        assertThat(open.find("orders:7")).isSameAs(ORDERS);
    }

    @Test
    void a_channel_of_an_unknown_namespace_is_kept_as_one_without() {
        assertThat(closed.storing("news:7")).isSameAs(UNNAMED);
        assertThat(closed.storing("orders:7")).isSameAs(ORDERS);
        assertThat(closed.storing("#u42")).isSameAs(OUTBOXES);
    }

    @Test
    void a_name_that_is_there_twice_is_refused() {
        assertThatThrownBy(() -> new Namespaces(OUTBOXES, UNNAMED, List.of(ORDERS, ORDERS), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "#", "a b", "a:b", "ä", "a\n"})
    void an_invalid_name_is_refused(String name) {
        Namespace namespace = Rules.namespace(name, AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0);
        assertThatThrownBy(() -> new Namespaces(OUTBOXES, UNNAMED, List.of(namespace), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 64");
    }

    @Test
    void a_name_has_at_most_64_characters() {
        assertThat(Namespaces.isName("a".repeat(64))).isTrue();
        assertThat(Namespaces.isName("a".repeat(65))).isFalse();
    }
}
