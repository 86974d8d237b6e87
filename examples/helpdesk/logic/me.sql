---
access: authenticated
---
-- The organisations that the caller belongs to, and what they are in each.
select o.id as organisation_id, o.name, o.slug, m.role
from members m
join organisations o on o.id = m.organisation_id
where m.user_id = $user.id
order by o.name
