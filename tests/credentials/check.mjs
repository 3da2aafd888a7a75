// What somebody else's library says of documents that the portal signed: one answer a document, on standard output.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createLocalJWKSet, jwtVerify } from "jose";

const { jwks, issuer, documents } = JSON.parse(readFileSync(0, "utf8"));
const keys = createLocalJWKSet(jwks);

async function answer({ token, typ }) {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, typ, algorithms: ["EdDSA"] });
    const listed = payload.credentialSubject?.encodedList;
    // Multibase's sign for base64url, then GZIP.
    if (listed) payload.bits = gunzipSync(Buffer.from(listed.slice(1), "base64url")).toString("hex");
    return { payload };
  } catch (fault) {
    return { fault: fault.code };
  }
}

process.stdout.write(JSON.stringify(await Promise.all(documents.map(answer))));
