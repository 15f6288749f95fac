-- Every node uses these tables all the time, and whoever asks for one waits behind whoever is to alter it: so that gives way after two
-- seconds, and the whole is tried again.
SET lock_timeout = '2s';
