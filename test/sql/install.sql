-- Installation and laying of the desk that all other tests use.
CREATE EXTENSION ietp_helpline;
CREATE ROLE helpline_owner NOLOGIN;
CALL ietp.create_desk('helpline_owner');
