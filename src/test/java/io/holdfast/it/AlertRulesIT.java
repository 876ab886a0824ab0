package io.holdfast.it;

import org.junit.jupiter.api.Test;

/** The alerts in docs/monitoring, by Prometheus' own tool. */
class AlertRulesIT {

    @Test
    void prometheus_accepts_the_rules() throws Exception {
        Promtool.findsNothing("", "check", "rules", "holdfast.rules.yml");
    }

    @Test
    void each_alert_fires_when_it_should_and_not_one_step_before() throws Exception {
        Promtool.findsNothing("", "test", "rules", "holdfast.rules.test.yml");
    }
}
