-- Oracle 12.2 and newer. ORDER keeps the numbers in order over the instances of a cluster.
CREATE TABLE holdfast_outbox (
    seq           NUMBER(19) GENERATED ALWAYS AS IDENTITY (ORDER),
    channel       VARCHAR2(255 CHAR) NOT NULL,
    message_id    VARCHAR2(128 CHAR) NOT NULL,
    payload       BLOB NOT NULL,
    tags          BLOB,
    accepted_at   NUMBER(19) NOT NULL,
    window_millis NUMBER(19) NOT NULL,
    ttl_millis    NUMBER(19) NOT NULL,
    state         CHAR(1) NOT NULL,
    reason        VARCHAR2(200 CHAR),
    PRIMARY KEY (seq)
);
CREATE INDEX holdfast_outbox_state ON holdfast_outbox (state, seq);
CREATE TABLE holdfast_outbox_turn (
    id    NUMBER(5) NOT NULL,
    turns NUMBER(19) NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO holdfast_outbox_turn (id, turns) VALUES (1, 0);
