/** What an idempotency key is: 1 to 200 visible characters of ASCII but `"` and `\`, which a header would escape. */
export const keyForm = /^[!#-[\]-~]{1,200}$/;
