-- The certificate of a public application without which its session does not go on: a thumbprint, as in RFC 8705, section 3.1.
ALTER TABLE varve_session ADD COLUMN bound_certificate TEXT;
