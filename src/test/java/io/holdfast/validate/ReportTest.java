package io.holdfast.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.client.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

class ReportTest {
    private static final String AWKWARD = "got <\"a\" & 'b'>\n\u0000 \ud83d\ude00";

    private static Result result(String name, Outcome outcome) {
        Scenario scenario = Scenario.of("group", name, "it holds", scope -> {});
        return new Result(scenario, Format.JSON, outcome, 1_234);
    }

    private final Report report = new Report(
            "http://localhost:9080",
            42,
            List.of(
                    result("good", Outcome.passed("p99 3 ms")),
                    result("plain", Outcome.passed("")),
                    result("bad", Outcome.failed(AWKWARD)),
                    result("absent", Outcome.skipped("needs a key"))));

    @Test
    void one_failure_is_enough_for_the_whole_and_a_skip_is_not() {
        assertThat(report.holds()).isFalse();
        assertThat(new Report("u", 1, List.of(result("absent", Outcome.skipped("why")))).holds())
                .isTrue();
    }

    @Test
    void the_text_counts_names_the_seed_and_says_how_to_repeat_what_failed() {
        assertThat(report.text())
                .startsWith("2 held, 1 did not, 1 were skipped; http://localhost:9080, seed 42\n")
                .contains("FAILED bad (json): it holds")
                .contains("--seed 42 --only bad --format json")
                .contains("SKIPPED absent (json): needs a key\n")
                .doesNotContain("good");
        assertThat(Report.line(result("absent", Outcome.skipped("needs a key"))))
                .startsWith("SKIPPED")
                .endsWith("needs a key");
    }

    /** @throws SAXException if the schema does not allow it */
    private static void validate(String xml) throws IOException, SAXException {
        Schema schema = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(ReportTest.class.getResource("junit-report.xsd"));
        schema.newValidator().validate(new StreamSource(new StringReader(xml)));
    }

    @Test
    void the_junit_xml_is_what_build_servers_read() throws IOException, SAXException {
        String xml = report.junit();
        validate(xml);
        validate(new Report("u", 1, List.of()).junit());
        for (String broken : List.of(
                xml.replace("<skipped", "<left-out"),
                xml.replace(" type=\"NotHeld\"", ""),
                xml.replace("time=\"1.234\"", "time=\"1,234\""),
                xml.replace("skipped=\"1\"", ""))) {
            assertThat(broken).isNotEqualTo(xml);
            assertThatThrownBy(() -> validate(broken)).isInstanceOf(SAXException.class);
        }
    }

    @Test
    void the_json_can_be_read_and_has_everything() throws IOException {
        Json json = Json.read(report.json());
        assertThat(json.at("seed").number()).isEqualTo(42);
        assertThat(json.at("passed").number()).isEqualTo(2);
        assertThat(json.at("failed").number()).isEqualTo(1);
        assertThat(json.at("skipped").number()).isEqualTo(1);
        List<Json> scenarios = json.at("scenarios").items();
        assertThat(scenarios).hasSize(4);
        assertThat(scenarios.get(2).at("outcome").text()).isEqualTo("failed");
        assertThat(scenarios.get(2).at("detail").text()).isEqualTo(AWKWARD);
        assertThat(scenarios.get(3).at("format").text()).isEqualTo("json");
    }

    @Test
    void the_junit_xml_is_what_surefire_writes() throws IOException, SAXException, ParserConfigurationException {
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(report.junit().getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(suite.getTagName()).isEqualTo("testsuite");
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("0");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        assertThat(suite.getAttribute("time")).isEqualTo("4.936");
        Element failed = (Element) suite.getElementsByTagName("testcase").item(2);
        assertThat(failed.getAttribute("name")).isEqualTo("bad (json)");
        assertThat(failed.getAttribute("classname")).isEqualTo("holdfast.validate.group");
        assertThat(failed.getAttribute("time")).isEqualTo("1.234");
        Element failure = (Element) failed.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo(AWKWARD.replace('\u0000', '?'));
        assertThat(failure.getAttribute("type")).isEqualTo("NotHeld");
        Element skipped = (Element) suite.getElementsByTagName("skipped").item(0);
        assertThat(skipped.getAttribute("message")).isEqualTo("needs a key");
        Element seed = (Element) suite.getElementsByTagName("property").item(1);
        assertThat(seed.getAttribute("value")).isEqualTo("42");
    }
}
