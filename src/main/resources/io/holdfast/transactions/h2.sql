-- H2 2.x.
CREATE TABLE holdfast_outbox (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY,
    channel       VARCHAR(255) NOT NULL,
    message_id    VARCHAR(128) NOT NULL,
    payload       VARBINARY(65536) NOT NULL,
    tags          VARBINARY(16384),
    accepted_at   BIGINT NOT NULL,
    window_millis BIGINT NOT NULL,
    ttl_millis    BIGINT NOT NULL,
    state         CHAR(1) NOT NULL,
    reason        VARCHAR(200),
    PRIMARY KEY (seq)
);
CREATE INDEX holdfast_outbox_state ON holdfast_outbox (state, seq);
CREATE TABLE holdfast_outbox_turn (
    id    SMALLINT NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO holdfast_outbox_turn (id, turns) VALUES (1, 0);
