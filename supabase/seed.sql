-- Nothing to seed: credentials are made by the launcher or the deployment, reference data lives in code.
select 1;
