"""Do the layers agree? Values made from the schema, put to every real engine, their answers compared.

```
building       a domain compiled into a folder of its own
witnesses/     one real engine in each module
http/          APIs that are asked, and the rows behind them
worker/        witnesses of rows in processes of their own
engines        what is started once for all domains of a run
processes      processes that are asked, and end with the run
garbage        how often it is looked for
panel          a batch, put to everybody
model          what a witness is, and what it answers
changes        rows that an UPDATE makes
parts          rows of which an UPDATE says a part, to models that have read no more
foreign        what no JSON says: stored values of another form
python_values  the same for models: values as Python has them
physical       what models hand to each database, and read from it
ways           the mapper of one entity, from body to response
beside         questions about several rows
moves          questions about the moves of states
making         what a database has made of its own
read_back      what a database gives back
comparison     values beside each other
excuses        which entry of the ledger explains an answer
judging        what an answer is worth
tally          answers counted
shrinking      the smallest record that shows a disagreement
matrix         what comes of a run
run            all of it
```
"""
