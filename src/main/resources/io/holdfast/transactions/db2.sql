-- Db2 11.1 and newer, in a Unicode database. ORDER keeps the numbers in order over the members of a cluster.
CREATE TABLE holdfast_outbox (
    seq           BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY (ORDER),
    channel       VARCHAR(255 CODEUNITS32) NOT NULL,
    message_id    VARCHAR(128 CODEUNITS32) NOT NULL,
    payload       BLOB(64K) NOT NULL,
    tags          VARCHAR(16384) FOR BIT DATA,
    accepted_at   BIGINT NOT NULL,
    window_millis BIGINT NOT NULL,
    ttl_millis    BIGINT NOT NULL,
    state         CHAR(1) NOT NULL,
    reason        VARCHAR(200 CODEUNITS32),
    PRIMARY KEY (seq)
);
CREATE INDEX holdfast_outbox_state ON holdfast_outbox (state, seq);
CREATE TABLE holdfast_outbox_turn (
    id    SMALLINT NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO holdfast_outbox_turn (id, turns) VALUES (1, 0);
