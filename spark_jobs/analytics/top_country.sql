-- Country in which the poster with the most followers of all posted. Ties: every winner is a row, once. No medians.
with

posts as (
    select ind, follower_count from pin where follower_count is not null
),

places as (
    select ind, country from geo where country is not null
),

ranked as (
    select country, follower_count, rank() over (order by follower_count desc) as place
    from posts
    inner join places using (ind)
),

final as (
    select distinct country, follower_count from ranked where place = 1
)

select * from final order by country
