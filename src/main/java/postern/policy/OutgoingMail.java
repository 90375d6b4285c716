package postern.policy;

/**
 * What rule sets can know of a message that is about to be sent: in sendmail they meet the macros
 * of its envelope (checked against 8.17).
 *
 * @param id {@code $i}, the queue id
 * @param sender {@code $f} and {@code $g}, the reverse path without brackets, empty for the null
 *     sender
 * @param host {@code $h}, the next hop as the mailer's triple names it
 * @param user {@code $u}, the recipient that is tried first
 * @param size {@code ${msg_size}}, bytes
 * @param envid {@code ${envid}}, or empty
 * @param tries {@code ${ntries}}, attempts before this one
 */
public record OutgoingMail(
    String id, String sender, String host, String user, long size, String envid, int tries) {}
