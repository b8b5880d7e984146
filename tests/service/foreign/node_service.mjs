// The notes as a service of Node's own `http`, with a document of its own.
// `node node_service.mjs PORT` serves it, the document at `/openapi.json`; `node node_service.mjs` prints the document.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const LARGEST = 2147483647;
const KINDS = ["idea", "task", "quote"];

const uuid = { type: "string", format: "uuid" };
const title = { type: "string", minLength: 1, maxLength: 80 };
const body = { type: ["string", "null"] };
const kind = { enum: KINDS };
const stars = { type: "integer", minimum: 0, maximum: 5 };
const price = { type: "string", pattern: "^-?(?:0|[1-9][0-9]{0,5})(?:\\.[0-9]{1,2})?$" };
const dueOn = { oneOf: [{ type: "string", format: "date" }, { type: "null" }] };
const labels = { type: "array", maxItems: 5, items: { type: "string", maxLength: 20 } };
const fields = { title, body, kind, stars, price, dueOn, labels };

const object = (properties, required, more = {}) => ({ type: "object", properties, required, ...more });
const closed = { additionalProperties: false };
const problem = object(
	{
		code: { type: "string" },
		message: { type: "string" },
		details: {
			type: "array",
			items: object({ path: { type: "string" }, message: { type: "string" }, code: { type: "string" } }, ["path", "message", "code"]),
		},
	},
	["code", "message", "details"],
);
const note = object({ id: uuid, createdAt: { type: "string", format: "date-time" }, ...fields }, [
	"id",
	"createdAt",
	...Object.keys(fields),
]);
const count = { type: "integer", minimum: 0, maximum: LARGEST };
const page = { type: "integer", minimum: 1, maximum: LARGEST };
const pageOfNotes = object({ items: { type: "array", items: note }, total: count, page, pageSize: page }, [
	"items",
	"total",
	"page",
	"pageSize",
]);
const newNote = object(
	{
		...fields,
		kind: { ...kind, default: "idea" },
		stars: { ...stars, default: 0 },
		labels: { ...labels, default: [] },
	},
	["title", "price"],
	closed,
);

const json = (schema) => ({ content: { "application/json": { schema } } });
const answer = (description, schema) => ({ description, ...(schema && json(schema)) });
const refused = { 422: answer("Refused", problem) };
const unknown = { ...refused, 404: answer("Unknown", problem) };
const noteId = { name: "note", in: "path", required: true, schema: uuid };

export const document = {
	openapi: "3.1.0",
	info: { title: "Notes in Node", version: "3" },
	paths: {
		"/notes": {
			get: {
				parameters: [
					{ name: "kind", in: "query", schema: kind },
					{ name: "page", in: "query", schema: { ...page, default: 1 } },
					{ name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
				],
				responses: { 200: answer("A page", pageOfNotes), ...refused },
			},
			post: { requestBody: { required: true, ...json(newNote) }, responses: { 201: answer("Made", note), ...refused } },
		},
		"/notes/{note}": {
			parameters: [noteId],
			get: { responses: { 200: answer("A note", note), ...unknown } },
			patch: {
				requestBody: { required: true, ...json(object(fields, [], closed)) },
				responses: { 200: answer("A note", note), ...unknown },
			},
			delete: { responses: { 204: answer("Gone"), ...unknown } },
		},
	},
};

class Problem extends Error {
	constructor(status, code, wrong = {}) {
		super(code);
		this.status = status;
		this.details = Object.entries(wrong).map(([path, message]) => ({ path, message, code: "wrong" }));
	}
}

const text = (value, longest = Number.POSITIVE_INFINITY, shortest = 0) => {
	if (typeof value !== "string" || value.includes("\0") || !value.isWellFormed()) return false;
	const length = [...value].length;
	return shortest <= length && length <= longest;
};
const day = (value) => {
	if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value) || value.startsWith("0000")) return false;
	const instant = new Date(`${value}T00:00:00Z`);
	return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(value);
};
const checks = {
	title: (value) => text(value, 80, 1),
	body: (value) => value === null || text(value),
	kind: (value) => KINDS.includes(value),
	stars: (value) => Number.isInteger(value) && value >= 0 && value <= 5,
	price: (value) => typeof value === "string" && /^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$/.test(value),
	dueOn: (value) => value === null || day(value),
	labels: (value) => Array.isArray(value) && value.length <= 5 && value.every((label) => text(label, 20)),
};

const parsed = (written) => {
	let given;
	try {
		given = JSON.parse(written);
	} catch {
		throw new Problem(422, "unprocessable", { body: "is no JSON" });
	}
	if (typeof given !== "object" || given === null || Array.isArray(given)) {
		throw new Problem(422, "unprocessable", { body: "is no object" });
	}
	const wrong = {};
	for (const [name, value] of Object.entries(given)) {
		if (!Object.hasOwn(checks, name)) wrong[name] = "is not known";
		else if (!checks[name](value)) wrong[name] = "is wrong";
	}
	if (Object.keys(wrong).length) throw new Problem(422, "unprocessable", wrong);
	if (given.price !== undefined) {
		const [whole, digits = ""] = given.price.split(".");
		given.price = `${whole}.${digits.padEnd(2, "0")}`;
	}
	return given;
};

const notes = new Map();

const found = (id) => {
	if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Problem(422, "unprocessable", { id: "is no UUID" });
	const known = notes.get(id.toLowerCase());
	if (!known) throw new Problem(404, "not_found");
	return known;
};

const number = (query, name, otherwise, most) => {
	const written = query.get(name);
	if (written === null) return otherwise;
	const value = Number(written);
	if (!/^-?\d+$/.test(written) || value < 1 || value > most) throw new Problem(422, "unprocessable", { [name]: "is out of range" });
	return value;
};

const listed = (query) => {
	const wanted = query.get("kind");
	if (wanted !== null && !KINDS.includes(wanted)) throw new Problem(422, "unprocessable", { kind: "is no kind" });
	const number_ = number(query, "page", 1, LARGEST);
	const pageSize = number(query, "limit", 20, 100);
	const chosen = [...notes.values()].filter((one) => wanted === null || one.kind === wanted);
	const items = chosen.slice((number_ - 1) * pageSize, number_ * pageSize);
	return { items, total: chosen.length, page: number_, pageSize };
};

const made = (written) => {
	const given = parsed(written);
	const missing = ["title", "price"].filter((name) => given[name] === undefined);
	if (missing.length) throw new Problem(422, "unprocessable", Object.fromEntries(missing.map((name) => [name, "is missing"])));
	const defaults = { body: null, kind: "idea", stars: 0, dueOn: null, labels: [] };
	const one = { id: randomUUID(), createdAt: new Date().toISOString(), ...defaults, ...given };
	notes.set(one.id, one);
	return one;
};

const answered = (method, url, written) => {
	const [, first, id, ...rest] = url.pathname.split("/");
	if (url.pathname === "/openapi.json" && method === "GET") return [200, document];
	if (first !== "notes" || rest.length) throw new Problem(404, "not_found");
	if (id === undefined) {
		if (method === "GET") return [200, listed(url.searchParams)];
		if (method === "POST") return [201, made(written)];
		throw new Problem(405, "method_not_allowed");
	}
	if (!["GET", "PATCH", "DELETE"].includes(method)) throw new Problem(405, "method_not_allowed");
	const known = found(decodeURIComponent(id));
	if (method === "PATCH") Object.assign(known, parsed(written));
	if (method === "DELETE") notes.delete(known.id);
	return method === "DELETE" ? [204] : [200, known];
};

const server = createServer((request, response) => {
	const parts = [];
	request.on("data", (part) => parts.push(part));
	request.on("end", () => {
		let status;
		let value;
		try {
			const url = new URL(request.url, "http://localhost");
			[status, value] = answered(request.method, url, Buffer.concat(parts).toString());
		} catch (error) {
			const known = error instanceof Problem ? error : new Problem(400, "bad_request");
			status = known.status;
			value = { code: known.message, message: known.message.replaceAll("_", " "), details: known.details };
		}
		response.writeHead(status, value && { "Content-Type": "application/json" });
		response.end(value && JSON.stringify(value));
	});
});

if (process.argv[2] === undefined) process.stdout.write(JSON.stringify(document));
else server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
