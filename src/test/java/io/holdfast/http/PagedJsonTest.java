package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PagedJsonTest {
    private static SortedMap<String, Integer> numbers(int count) {
        SortedMap<String, Integer> numbers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put(String.format("n%05d", i), i);
        }
        return numbers;
    }

    private static String page(SortedMap<String, Integer> list, int limit, String after) {
        return new String(
                PagedJson.write("list", list, new PagedJson.Part(limit, after), (n, json) -> json.number(n))
                        .toBytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void a_short_list_is_whole() {
        assertThat(page(numbers(0), 0, "")).isEqualTo("{\"list\":{}}");
        assertThat(page(numbers(2), 0, "")).isEqualTo("{\"list\":{\"n00000\":0,\"n00001\":1}}");
        assertThat(page(numbers(PagedJson.MOST_ENTRIES), 0, "")).doesNotContain("next");
    }

    @Test
    void a_list_that_is_too_long_is_refused_unless_a_page_is_wanted() {
        SortedMap<String, Integer> list = numbers(PagedJson.MOST_ENTRIES + 1);
        assertThatThrownBy(() -> page(list, 0, ""))
                .isInstanceOfSatisfying(
                        DeliveryException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(DeliveryException.Reason.TOO_LARGE));
        assertThat(page(list, Integer.MAX_VALUE, "")).endsWith("},\"next\":\"n09999\"}");
        assertThat(page(list, 9, "n09999")).isEqualTo("{\"list\":{\"n10000\":10000}}");
    }

    @Test
    void pages_cover_the_list_once() {
        SortedMap<String, Integer> list = numbers(5);
        assertThat(page(list, 2, "")).isEqualTo("{\"list\":{\"n00000\":0,\"n00001\":1},\"next\":\"n00001\"}");
        assertThat(page(list, 2, "n00001")).isEqualTo("{\"list\":{\"n00002\":2,\"n00003\":3},\"next\":\"n00003\"}");
        assertThat(page(list, 2, "n00003")).isEqualTo("{\"list\":{\"n00004\":4}}");
        assertThat(page(list, 2, "z")).isEqualTo("{\"list\":{}}");
    }

    @Test
    void a_page_of_long_entries_is_shorter() {
        SortedMap<String, Integer> list = numbers(3);
        JsonOutput json = PagedJson.write(
                "list", list, new PagedJson.Part(3, ""), (n, to) -> to.string("x".repeat(PagedJson.MOST_BYTES / 2)));
        assertThat(new String(json.toBytes(), StandardCharsets.UTF_8)).endsWith("\"next\":\"n00000\"}");
    }

    private static String clients(int limit, String after) {
        return new String(ControlApi.page(List.of("a", "b", "d"), limit, after).toBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void the_clients_come_page_by_page() {
        assertThat(clients(3, null)).isEqualTo("{\"clients\":[\"a\",\"b\",\"d\"]}");
        assertThat(clients(2, null)).isEqualTo("{\"clients\":[\"a\",\"b\"],\"next\":\"b\"}");
        assertThat(clients(2, "b")).isEqualTo("{\"clients\":[\"d\"]}");
        assertThat(clients(1, "aa")).isEqualTo("{\"clients\":[\"b\"],\"next\":\"b\"}");
        assertThat(clients(1, "z")).isEqualTo("{\"clients\":[]}");
    }

    @Test
    void breakers_come_page_by_page_with_all_of_a_client_on_one() {
        List<BreakerStatus> list =
                List.of(breaker("a", "1"), breaker("b", "1"), breaker("b", "2"), breaker("b", "3"), breaker("c", "1"));
        assertThat(clients(list, 2, null)).isEqualTo("a b b b next b");
        assertThat(clients(list, 2, "b")).isEqualTo("c");
        assertThat(clients(list, 4, null)).isEqualTo("a b b b next b");
        assertThat(clients(list, 5, null)).isEqualTo("a b b b c");
        assertThat(clients(list, 1, null)).isEqualTo("a next a");
        assertThat(clients(list, 1, "aa")).as("one that is gone").isEqualTo("b b b next b");
        assertThat(clients(List.of(), 1, null)).isEmpty();
    }

    private static BreakerStatus breaker(String client, String device) {
        return new BreakerStatus(client, device, BreakerState.OPEN, 5, 0, 1, 1_000);
    }

    private static String clients(List<BreakerStatus> list, int limit, String after) {
        String json = new String(ControlApi.breakerPage(list, limit, after).toBytes(), StandardCharsets.UTF_8);
        return json.replaceAll("\\{\"client\":\"(\\w+)\"[^}]*}", "$1")
                .replaceAll("\"next\":\"(\\w+)\"", "next $1")
                .replaceAll("\\{\"breakers\":|[\\[\\]}]", "")
                .replace(',', ' ');
    }
}
