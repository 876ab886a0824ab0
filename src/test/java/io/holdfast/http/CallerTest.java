package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerTest {
    private static final ApiKeys KEYS = new ApiKeys(List.of(ApiKeys.entry(Role.READER, "k+y")));

    private static HttpServletRequest request(Map<String, String> headers, String query) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                CallerTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getHeader" -> headers.get((String) arguments[0]);
                    case "getQueryString" -> query;
                    case "getUserPrincipal" -> null;
                    default -> throw new AssertionError("nothing reads " + method);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "X-API-Key,k+y,,false,true",
        "Authorization,apikey k+y,,false,true",
        "Authorization,ApiKey  k+y,,false,true",
        "Authorization,bearer k+y,,false,false",
        ",,api_key=k%2By,false,false",
        ",,limit=1&api_key=k%2By,true,true",
        ",,api_key=k%2,true,false",
        ",,api_key=,true,false",
        ",,,true,false",
        "X-API-Key,wrong,api_key=k%2By,true,false",
    })
    void a_key_comes_in_a_header_or_where_it_is_switched_on_in_the_address(
            String header, String value, String query, boolean inQuery, boolean known) {
        Map<String, String> headers = header == null ? Map.of() : Map.of(header, value);
        Caller caller = Caller.of(request(headers, query), KEYS, inQuery);
        assertThat(caller.stranger()).isEqualTo(!known);
        assertThat(caller.mayAs(Set.of(Role.READER))).isEqualTo(known);
    }
}
