// A certificate remembers that its confirmation was taken back, which only the log said. An older
// program would forget it.
MATCH (l:LogEntry {action: 'certificate.doubted'})
WITH l.subject AS subject, max(l.number) AS number, max(l.at) AS at
WHERE NOT EXISTS {
  MATCH (later:LogEntry {subject: subject, action: 'certificate.confirmed'})
  WHERE later.number > number
}
MATCH (c:Certificate {id: substring(subject, size('certificate/'))})
WHERE c.claim = 'stated'
SET c.taken_back_on = date(substring(at, 0, 10));
