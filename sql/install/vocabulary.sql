-- Closed sets of the field.  What a programme may change is a row of the desk
-- instead, since the labels of an enum cannot be removed.

CREATE TYPE ietp.role_kind AS ENUM (
	'specialist', 'supervisor', 'investigator', 'programme_staff', 'analyst',
	'factory', 'buyer', 'auditor', 'administrator');
COMMENT ON TYPE ietp.role_kind IS
'what a person may do at the helpline';

CREATE TYPE ietp.direction AS ENUM ('inbound', 'outbound');
COMMENT ON TYPE ietp.direction IS
'who began a call: the worker (inbound) or the helpline (outbound)';

CREATE TYPE ietp.call_outcome AS ENUM (
	'answered', 'abandoned', 'missed', 'voicemail', 'callback_due');
COMMENT ON TYPE ietp.call_outcome IS
'what became of a call at the switch';

CREATE TYPE ietp.call_purpose AS ENUM (
	'information', 'advice', 'emotional_support', 'grievance', 'follow_up',
	'feedback', 'test', 'wrong_number', 'silent', 'abusive',
	'factory_management_enquiry');
COMMENT ON TYPE ietp.call_purpose IS
'what a call was about; test, wrong_number and silent calls are calls too';

CREATE TYPE ietp.complainant_role AS ENUM (
	'worker', 'colleague', 'group', 'family', 'worker_representative',
	'trade_union', 'ngo', 'third_party', 'factory_management');
COMMENT ON TYPE ietp.complainant_role IS
'in which role somebody calls, seen from the affected worker';

CREATE TYPE ietp.identity_mode AS ENUM (
	'anonymous', 'confidential', 'disclosed');
COMMENT ON TYPE ietp.identity_mode IS
'who knows the worker: nobody, the helpline alone, others with consent';

CREATE TYPE ietp.severity AS ENUM (
	'minor', 'moderate', 'serious', 'critical', 'zero_tolerance');
COMMENT ON TYPE ietp.severity IS
'severity 1 to 4, and above them what is never tolerated: child or forced labour, imminent danger, sexual violence, suicide risk';

CREATE TYPE ietp.channel_kind AS ENUM (
	'voice', 'message', 'web', 'in_person', 'letter');
COMMENT ON TYPE ietp.channel_kind IS
'closed kind behind each channel, which is a row of the desk';

CREATE TYPE ietp.note_kind AS ENUM (
	'note', 'factory_contact', 'recommendation', 'finding', 'reason');
COMMENT ON TYPE ietp.note_kind IS
'what a note of a case records; a reason is why a step was taken';

CREATE TYPE ietp.status_category AS ENUM (
	'initial', 'active', 'waiting', 'terminal');
COMMENT ON TYPE ietp.status_category IS
'a case begins in an initial status and is closed in a terminal one; in a waiting one it is somebody else''s turn';

CREATE TYPE ietp.status_clock AS ENUM ('run', 'pause', 'stop');
COMMENT ON TYPE ietp.status_clock IS
'what the handler''s clock does in a status; it stops where the matter is resolved';

CREATE TYPE ietp.consent_purpose AS ENUM (
	'contact_factory', 'share_identity', 'refer', 'buyer_insight',
	'statistics', 'story', 'recording', 'call_back');
COMMENT ON TYPE ietp.consent_purpose IS
'what a worker consents to; each purpose and recipient needs a consent of its own';

CREATE TYPE ietp.consent_entry AS ENUM (
	'given', 'withdrawn', 'override_requested', 'override_approved');
COMMENT ON TYPE ietp.consent_entry IS
'what a row of the consent ledger records; an override stands in for consent in an emergency';

CREATE TYPE ietp.consent_method AS ENUM (
	'spoken', 'written', 'message', 'web_form', 'recorded_call');
COMMENT ON TYPE ietp.consent_method IS
'how consent was given or withdrawn';

CREATE TYPE ietp.recipient_kind AS ENUM (
	'factory', 'buyer', 'authority', 'organisation', 'programme', 'public');
COMMENT ON TYPE ietp.recipient_kind IS
'to whom something is disclosed';

CREATE TYPE ietp.action_kind AS ENUM (
	'acknowledgement', 'contact_attempt', 'update_to_worker',
	'worker_statement', 'factory_statement', 'factory_contact', 'meeting',
	'site_visit', 'evidence_received', 'referral_given', 'worker_informed',
	'no_pressure_attested', 'no_origin_found', 'retaliation_check');
COMMENT ON TYPE ietp.action_kind IS
'what was done in a case; no_pressure_attested: the worker withdrew freely; no_origin_found: a complaint of retaliation that follows no case of ours';

CREATE TYPE ietp.verified_through AS ENUM (
	'worker', 'evidence', 'site_visit');
COMMENT ON TYPE ietp.verified_through IS
'by what the delivery of a remedy, or the following of a recommendation, was verified';

CREATE TYPE ietp.recommendation_answer AS ENUM (
	'accepted', 'partly_accepted', 'refused');
COMMENT ON TYPE ietp.recommendation_answer IS
'what a factory answered to a recommendation';

CREATE TYPE ietp.case_link AS ENUM ('retaliation', 'follow_up', 'related');
COMMENT ON TYPE ietp.case_link IS
'how a case hangs together with an earlier one: retaliation for it, its matter come back too late to reopen it, or otherwise related';

CREATE TYPE ietp.awareness_kind AS ENUM (
	'cards', 'posters', 'training', 'broadcast');
COMMENT ON TYPE ietp.awareness_kind IS
'how workers of a factory were told of the helpline';

CREATE TYPE ietp.day_kind AS ENUM ('holiday', 'half_day', 'working_day');
COMMENT ON TYPE ietp.day_kind IS
'what a day that does not go by the week is: closed, open for a part of the day, or a working day though its weekday is none';

CREATE FUNCTION ietp.substantive(purpose ietp.call_purpose)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN purpose IN ('advice', 'emotional_support', 'grievance');
COMMENT ON FUNCTION ietp.substantive(ietp.call_purpose) IS
'does a call of this purpose count as substantive?';

CREATE FUNCTION ietp.try_enum(value text, kind anyenum)
RETURNS anyenum
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_enum';
COMMENT ON FUNCTION ietp.try_enum(text, anyenum) IS
'the label of the enum type of the second argument, or NULL where there is none; never fails';
