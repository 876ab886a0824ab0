package io.holdfast.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.transactions.CurrentTransaction.State;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JtaTransactionTest {
    private final Registry registry = new Registry();
    private final JtaTransaction transaction = new JtaTransaction(() -> registry);

    /** Of one transaction. */
    private static final class Registry implements TransactionSynchronizationRegistry {
        private final Map<Object, Object> resources = new HashMap<>();
        private final List<Synchronization> registered = new ArrayList<>();
        private int status = Status.STATUS_ACTIVE;

        @Override
        public Object getTransactionKey() {
            return this;
        }

        @Override
        public void putResource(Object key, Object value) {
            resources.put(key, value);
        }

        @Override
        public Object getResource(Object key) {
            return resources.get(key);
        }

        @Override
        public void registerInterposedSynchronization(Synchronization synchronization) {
            registered.add(synchronization);
        }

        @Override
        public int getTransactionStatus() {
            return status;
        }

        @Override
        public void setRollbackOnly() {
            status = Status.STATUS_MARKED_ROLLBACK;
        }

        @Override
        public boolean getRollbackOnly() {
            return status == Status.STATUS_MARKED_ROLLBACK;
        }
    }

    @ParameterizedTest
    @CsvSource({
        Status.STATUS_NO_TRANSACTION + ", NONE",
        Status.STATUS_ACTIVE + ", ACTIVE",
        Status.STATUS_MARKED_ROLLBACK + ", CANNOT_COMMIT",
        Status.STATUS_COMMITTING + ", CANNOT_COMMIT",
        Status.STATUS_ROLLEDBACK + ", CANNOT_COMMIT",
        Status.STATUS_UNKNOWN + ", CANNOT_COMMIT"
    })
    void only_an_active_transaction_can_take_a_message(int status, State state) {
        registry.status = status;
        assertThat(transaction.state()).isEqualTo(state);
    }

    @Test
    void an_action_runs_once_after_the_commit_and_not_after_a_rollback() {
        List<String> ran = new ArrayList<>();
        Runnable action = () -> ran.add("action");
        transaction.afterCommit(action);
        transaction.afterCommit(action);
        registry.registered.forEach(each -> each.afterCompletion(Status.STATUS_ROLLEDBACK));
        assertThat(ran).isEmpty();
        registry.registered.forEach(Synchronization::beforeCompletion);
        assertThat(ran).isEmpty();
        registry.registered.forEach(each -> each.afterCompletion(Status.STATUS_COMMITTED));
        assertThat(ran).containsExactly("action");
    }
}
